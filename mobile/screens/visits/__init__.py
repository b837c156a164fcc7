"""The visitors' book."""
