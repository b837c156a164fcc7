// How an activity hands its answer to the Python thread that asked: the asker waits, the activity answers once.
// Not tested on a device.
package jp.tomoni.phone;

import android.app.Activity;
import android.content.Intent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public final class Answers {
    static final String NUMBER = "jp.tomoni.phone.number";
    private static final byte[] NOTHING = new byte[0];
    private static final AtomicInteger last = new AtomicInteger();
    private static final ConcurrentHashMap<Integer, SynchronousQueue<byte[]>> asked = new ConcurrentHashMap<>();

    private Answers() {}

    /** Start `what` (key, file, scan, text) and wait for its bytes; an empty answer means that she closed it. */
    public static byte[] ask(Activity from, String what, String title, String text) throws InterruptedException {
        int number = last.incrementAndGet();
        SynchronousQueue<byte[]> answer = new SynchronousQueue<>();
        asked.put(number, answer);
        Class<?> activity = what.equals("key") ? KeyActivity.class : AskActivity.class;
        Intent intent = new Intent(from, activity);
        intent.putExtra(NUMBER, number).putExtra("what", what).putExtra("title", title).putExtra("text", text);
        from.startActivity(intent);
        try {
            byte[] found = answer.poll(10, TimeUnit.MINUTES);
            return found == null ? NOTHING : found;
        } finally {
            asked.remove(number);
        }
    }

    /** Answer the question with this number; one that nobody waits for any more is dropped. */
    static void give(int number, byte[] answer) {
        SynchronousQueue<byte[]> waiting = asked.get(number);
        if (waiting == null) return;
        // Never on the window's thread: the asker may not have begun to wait yet.
        new Thread(() -> {
            try {
                waiting.offer(answer == null ? NOTHING : answer, 5, TimeUnit.SECONDS);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }).start();
    }
}
