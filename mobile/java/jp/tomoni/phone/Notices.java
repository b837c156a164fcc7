// A notice outside the app; it opens the app. Its text never holds a health value. Not tested on a device.
package jp.tomoni.phone;

import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;

public final class Notices {
    private static final String CHANNEL = "tomoni";

    private Notices() {}

    public static void show(Context here, String title, String text) {
        NotificationManager notices = here.getSystemService(NotificationManager.class);
        notices.createNotificationChannel(
            new NotificationChannel(CHANNEL, "Tomoni", NotificationManager.IMPORTANCE_DEFAULT));
        Intent open = here.getPackageManager().getLaunchIntentForPackage(here.getPackageName());
        PendingIntent touched = PendingIntent.getActivity(here, 0, open, PendingIntent.FLAG_IMMUTABLE);
        notices.notify(text.hashCode(), new Notification.Builder(here, CHANNEL)
            .setSmallIcon(here.getApplicationInfo().icon)
            .setContentTitle(title)
            .setContentText(text)
            .setContentIntent(touched)
            .setAutoCancel(true)
            .setVisibility(Notification.VISIBILITY_PRIVATE)
            .build());
    }
}
