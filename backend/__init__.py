"""The server: the doctor's pages, the phone's JSON, the record and who may open it."""
