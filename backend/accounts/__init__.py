"""Accounts: people who sign in, facilities, devices and refresh families."""
