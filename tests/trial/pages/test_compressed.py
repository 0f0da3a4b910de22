"""Pages are sent compressed, with a length that does not tell what is on them (BREACH)."""

import gzip

import pytest
from django.middleware import gzip as middleware


@pytest.mark.parametrize("address", ["/", "/subjects/01-001/", "/admin/crf/vitalsigns/add/", "/history/", "/api/v1/study/"])
def test_a_page_is_sent_compressed_to_who_takes_it(address, client, data_manager, subject):
    client.force_login(data_manager)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert len(gzip.decompress(packed.content)) == pytest.approx(len(plain.content), abs=200)


def test_its_length_differs_from_answer_to_answer(client, data_manager, subject):
    client.force_login(data_manager)
    lengths = {len(client.get("/study/", headers={"Accept-Encoding": "gzip"}).content) for _ in range(12)}
    assert len(lengths) > 3
    assert middleware.GZipMiddleware.max_random_bytes >= 100
