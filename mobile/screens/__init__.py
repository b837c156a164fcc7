"""The screens of the phone. Each has a pure state (what it shows, what a touch does) and a view that paints it."""
