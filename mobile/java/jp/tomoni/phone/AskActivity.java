// What the phone asks her in windows of its own: a file, where to keep one, a code before the camera, a text. Not tested on a device.
package jp.tomoni.phone;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.Intent;
import android.database.Cursor;
import android.net.Uri;
import android.os.Bundle;
import android.provider.OpenableColumns;
import android.text.InputType;
import android.widget.EditText;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

public final class AskActivity extends Activity {
    private static final int FILE = 1;
    private static final int SCAN = 2;
    private static final int SAVE = 3;
    private int number;
    private boolean answered;

    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        number = getIntent().getIntExtra(Answers.NUMBER, 0);
        if (saved != null) return; // turned by the system while another window is open: its answer still comes
        switch (getIntent().getStringExtra("what")) {
            case "file":
                Intent pick = new Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE);
                startActivityForResult(pick.setType("*/*"), FILE);
                break;
            case "save":
                Intent keep = new Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE);
                keep.putExtra(Intent.EXTRA_TITLE, getIntent().getStringExtra("title"));
                startActivityForResult(keep.setType(getIntent().getStringExtra("text")), SAVE);
                break;
            case "scan":
                startActivityForResult(scanner(), SCAN);
                break;
            default:
                write();
        }
    }

    /** ZXing Android Embedded. Latin-1 keeps every byte of a byte segment as one character, so no byte is guessed. */
    private Intent scanner() {
        return new Intent(this, com.journeyapps.barcodescanner.CaptureActivity.class)
            .setAction("com.google.zxing.client.android.SCAN")
            .putExtra("SCAN_FORMATS", "QR_CODE,DATA_MATRIX")
            .putExtra("CHARACTER_SET", "ISO-8859-1")
            .putExtra("BEEP_ENABLED", false);
    }

    /** A native field: the right input method, voice input and TalkBack, which our own window does not have. */
    private void write() {
        EditText field = new EditText(this);
        field.setInputType(InputType.TYPE_CLASS_TEXT | InputType.TYPE_TEXT_FLAG_MULTI_LINE);
        field.setText(getIntent().getStringExtra("text"));
        new AlertDialog.Builder(this)
            .setTitle(getIntent().getStringExtra("title"))
            .setView(field)
            // A first byte tells an emptied text from a closed dialog.
            .setPositiveButton(android.R.string.ok, (dialog, which) -> finishWith(("=" + field.getText()).getBytes(StandardCharsets.UTF_8)))
            .setNegativeButton(android.R.string.cancel, (dialog, which) -> finishWith(null))
            .setOnCancelListener(dialog -> finishWith(null))
            .show();
    }

    @Override
    protected void onActivityResult(int request, int result, Intent data) {
        super.onActivityResult(request, result, data);
        if (result != RESULT_OK || data == null) {
            finishWith(null);
        } else if (request == SCAN) {
            String found = data.getStringExtra("SCAN_RESULT");
            finishWith(found == null ? null : found.getBytes(StandardCharsets.UTF_8));
        } else if (request == SAVE) {
            keep(data.getData());
        } else {
            copy(data.getData());
        }
    }

    /** Copied into our own folder, off the window's thread: an export may have hundreds of megabytes. */
    private void copy(Uri file) {
        new Thread(() -> {
            byte[] path = null;
            File folder = new File(getCacheDir(), "picked");
            folder.mkdirs();
            File to = new File(folder, new File(name(file)).getName());
            try (InputStream in = getContentResolver().openInputStream(file); OutputStream out = new FileOutputStream(to)) {
                byte[] piece = new byte[1 << 16];
                for (int n = in.read(piece); n >= 0; n = in.read(piece)) out.write(piece, 0, n);
                path = to.getPath().getBytes(StandardCharsets.UTF_8);
            } catch (IOException error) {
                to.delete();
            }
            byte[] answer = path;
            runOnUiThread(() -> finishWith(answer));
        }).start();
    }

    /** Written off the window's thread; a provider may throw more than it declares. */
    private void keep(Uri file) {
        new Thread(() -> {
            byte[] answer = "!".getBytes(StandardCharsets.UTF_8);
            byte[] data = Answers.outgoing(number);
            // "wt": she may have chosen a longer file that was there.
            try (OutputStream out = data == null ? null : getContentResolver().openOutputStream(file, "wt")) {
                if (out != null) {
                    out.write(data);
                    out.flush();
                    answer = ("=" + name(file)).getBytes(StandardCharsets.UTF_8);
                }
            } catch (IOException | RuntimeException error) {
                // Answered below as "not written": the app says what to do.
                answer = "!".getBytes(StandardCharsets.UTF_8);
            }
            byte[] done = answer;
            runOnUiThread(() -> finishWith(done));
        }).start();
    }

    private String name(Uri file) {
        try (Cursor found = getContentResolver().query(file, new String[] {OpenableColumns.DISPLAY_NAME}, null, null, null)) {
            if (found != null && found.moveToFirst() && found.getString(0) != null) return found.getString(0);
        }
        return "file";
    }

    private void finishWith(byte[] answer) {
        answered = true;
        Answers.give(number, answer);
        finish();
    }

    @Override
    protected void onDestroy() {
        if (isFinishing() && !answered) Answers.give(number, null);
        super.onDestroy();
    }
}
