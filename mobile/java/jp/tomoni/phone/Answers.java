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
    private static final ConcurrentHashMap<Integer, byte[]> outgoing = new ConcurrentHashMap<>();

    private Answers() {}

    /** Let her choose where `data` is kept. "=" and its name, "!" if it could not be written, empty if she closed it. */
    public static byte[] save(Activity from, String name, String kind, byte[] data) throws InterruptedException {
        int number = last.incrementAndGet();
        // Held in memory: an Intent carries less than a megabyte, and a file on the way would stay in clear.
        outgoing.put(number, data);
        try {
            return ask(from, number, "save", name, kind);
        } finally {
            outgoing.remove(number);
        }
    }

    /** What is to be written for the question with this number; null when nobody waits for it any more. */
    static byte[] outgoing(int number) {
        return outgoing.get(number);
    }

    /** Start `what` (key, file, scan, text) and wait for its bytes; an empty answer means that she closed it. */
    public static byte[] ask(Activity from, String what, String title, String text) throws InterruptedException {
        return ask(from, last.incrementAndGet(), what, title, text);
    }

    private static byte[] ask(Activity from, int number, String what, String title, String text)
            throws InterruptedException {
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
