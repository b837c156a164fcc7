"""The ways out and in that are no files of hers: what other systems are asked for."""
