"""Words and rules that the phone and the server must agree on."""
