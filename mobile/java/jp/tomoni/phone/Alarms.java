// Rings for medicines at set times, also when the app is closed. Inexact on purpose: that needs no permission.
// Not tested on a device. Alarms are gone after a restart of the phone, until the app was opened again.
package jp.tomoni.phone;

import android.app.Activity;
import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.os.Build;

public final class Alarms extends BroadcastReceiver {
    /** Ring number `number` at `at` (milliseconds since 1970, UTC); one with the same number is replaced. */
    public static void set(Context here, int number, long at, String title, String text) {
        if (Build.VERSION.SDK_INT >= 33 && here instanceof Activity) {
            ((Activity) here).requestPermissions(new String[] {"android.permission.POST_NOTIFICATIONS"}, 0);
        }
        Intent ring = new Intent(here, Alarms.class).putExtra("title", title).putExtra("text", text);
        here.getSystemService(AlarmManager.class)
            .setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, at, pending(here, number, ring));
    }

    /** Forget the rings with numbers 0 to `numbers` - 1. */
    public static void clear(Context here, int numbers) {
        for (int number = 0; number < numbers; number++) {
            here.getSystemService(AlarmManager.class).cancel(pending(here, number, new Intent(here, Alarms.class)));
        }
    }

    @Override
    public void onReceive(Context here, Intent ring) {
        Notices.show(here, ring.getStringExtra("title"), ring.getStringExtra("text"));
    }

    private static PendingIntent pending(Context here, int number, Intent ring) {
        int flags = PendingIntent.FLAG_UPDATE_CURRENT | PendingIntent.FLAG_IMMUTABLE;
        return PendingIntent.getBroadcast(here, number, ring, flags);
    }
}
