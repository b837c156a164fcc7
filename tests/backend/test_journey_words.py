from __future__ import annotations

from flask import Flask

from tests.cast import PASSWORD, Cast, email


def test_smoke(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    answer = client.post("/api/sign-in", json={"email": email("sato"), "password": PASSWORD, "device": {"id": str(cast.record)}})
    assert answer.status_code == 200, answer.json
    access = answer.json["access"]
    headers = {"Authorization": f"Bearer {access}", "Tomoni-Device": str(cast.record)}
    listed = client.get("/api/records", headers=headers)
    assert listed.status_code == 200 and listed.json == {"records": []}, listed.json
    gone = client.get(f"/api/records/{cast.record}/vitals", headers=headers)
    assert gone.status_code == 404, gone.json
