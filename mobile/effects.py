"""Does what the screens' states ask for: one worker thread in, events out.

`Effects.ask(effect)` puts an effect on the queue (from any thread); the worker runs them one after the other and hands
each resulting event to ``deliver``, which the app schedules on its own thread (Kivy's Clock). Tests call
`run(effect)`, which does the same at once, in the calling thread, and returns the events.

    effects = Effects(store, client, device, deliver=lambda event: Clock.schedule_once(lambda _: app.take(event)))
    effects.start(); effects.ask(OpenStore()); ...; effects.ask(SyncNow()); effects.stop()
"""
