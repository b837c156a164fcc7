// The device's key: 32 random bytes, wrapped by a key that never leaves the Android Keystore and that only she opens.
// API 30+: fingerprint, face or screen lock at each opening. API 26-29: screen lock within 30 seconds.
// A phone without a screen lock keeps the key in the Keystore without asking. Not tested on a device.
package jp.tomoni.phone;

import android.app.Activity;
import android.app.KeyguardManager;
import android.content.Intent;
import android.hardware.biometrics.BiometricManager;
import android.hardware.biometrics.BiometricPrompt;
import android.os.Build;
import android.os.Bundle;
import android.os.CancellationSignal;
import android.security.keystore.KeyGenParameterSpec;
import android.security.keystore.KeyProperties;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

public final class KeyActivity extends Activity {
    private static final String ALIAS = "tomoni-device";
    private static final int IV_BYTES = 12;
    private static final int KEY_BYTES = 32;
    private static final int CONFIRM = 1;
    private int number;
    private File wrapped;

    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        number = getIntent().getIntExtra(Answers.NUMBER, 0);
        wrapped = new File(getFilesDir(), "device.key");
        try {
            begin();
        } catch (GeneralSecurityException | IOException error) {
            finishWith(null);
        }
    }

    private void begin() throws GeneralSecurityException, IOException {
        KeyguardManager guard = getSystemService(KeyguardManager.class);
        if (!guard.isDeviceSecure()) {
            finishWith(open(cipher()));
        } else if (Build.VERSION.SDK_INT >= 30) {
            prompt();
        } else {
            String title = getIntent().getStringExtra("title");
            startActivityForResult(guard.createConfirmDeviceCredentialIntent(title, ""), CONFIRM);
        }
    }

    private void prompt() throws GeneralSecurityException, IOException {
        int lockOrBody = BiometricManager.Authenticators.BIOMETRIC_STRONG | BiometricManager.Authenticators.DEVICE_CREDENTIAL;
        new BiometricPrompt.Builder(this)
            .setTitle(getIntent().getStringExtra("title"))
            .setAllowedAuthenticators(lockOrBody)
            .build()
            .authenticate(new BiometricPrompt.CryptoObject(cipher()), new CancellationSignal(), getMainExecutor(),
                new BiometricPrompt.AuthenticationCallback() {
                    @Override
                    public void onAuthenticationSucceeded(BiometricPrompt.AuthenticationResult result) {
                        byte[] key = null;
                        try {
                            key = open(result.getCryptoObject().getCipher());
                        } catch (GeneralSecurityException | IOException error) {
                            // Answered below as "no key": the app says what to do.
                        }
                        finishWith(key);
                    }

                    @Override
                    public void onAuthenticationError(int code, CharSequence words) {
                        finishWith(null);
                    }
                });
    }

    @Override
    protected void onActivityResult(int request, int result, Intent data) {
        super.onActivityResult(request, result, data);
        byte[] key = null;
        try {
            if (request == CONFIRM && result == RESULT_OK) key = open(cipher());
        } catch (GeneralSecurityException | IOException error) {
            // Answered below as "no key".
        }
        finishWith(key);
    }

    /** Ready to unwrap the key that is there, or to wrap the first one. */
    private Cipher cipher() throws GeneralSecurityException, IOException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        if (wrapped.exists()) {
            byte[] iv = Arrays.copyOf(Files.readAllBytes(wrapped.toPath()), IV_BYTES);
            cipher.init(Cipher.DECRYPT_MODE, keystoreKey(), new GCMParameterSpec(128, iv));
        } else {
            cipher.init(Cipher.ENCRYPT_MODE, keystoreKey());
        }
        return cipher;
    }

    private byte[] open(Cipher cipher) throws GeneralSecurityException, IOException {
        if (wrapped.exists()) {
            byte[] kept = Files.readAllBytes(wrapped.toPath());
            return cipher.doFinal(kept, IV_BYTES, kept.length - IV_BYTES);
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        byte[] sealed = cipher.doFinal(key);
        File fresh = new File(getFilesDir(), "device.new");
        try (FileOutputStream out = new FileOutputStream(fresh)) {
            out.write(cipher.getIV());
            out.write(sealed);
            out.getFD().sync();
        }
        if (!fresh.renameTo(wrapped)) throw new IOException("the key could not be kept");
        return key;
    }

    private SecretKey keystoreKey() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("AndroidKeyStore");
        store.load(null);
        SecretKey known = (SecretKey) store.getKey(ALIAS, null);
        return known != null ? known : fresh();
    }

    private SecretKey fresh() throws GeneralSecurityException {
        boolean secure = getSystemService(KeyguardManager.class).isDeviceSecure();
        int purposes = KeyProperties.PURPOSE_ENCRYPT | KeyProperties.PURPOSE_DECRYPT;
        KeyGenParameterSpec.Builder spec = new KeyGenParameterSpec.Builder(ALIAS, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .setUserAuthenticationRequired(secure);
        if (secure && Build.VERSION.SDK_INT >= 30) {
            spec.setUserAuthenticationParameters(
                0, KeyProperties.AUTH_BIOMETRIC_STRONG | KeyProperties.AUTH_DEVICE_CREDENTIAL);
        } else if (secure) {
            spec.setUserAuthenticationValidityDurationSeconds(30);
        }
        // A newly enrolled finger must not destroy rows that nobody was told yet.
        spec.setInvalidatedByBiometricEnrollment(false);
        KeyGenerator maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, "AndroidKeyStore");
        maker.init(spec.build());
        return maker.generateKey();
    }

    private void finishWith(byte[] key) {
        Answers.give(number, key);
        finish();
    }
}
