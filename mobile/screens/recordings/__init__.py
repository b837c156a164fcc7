"""What devices recorded: workouts in a list, electrocardiograms drawn as on paper."""
