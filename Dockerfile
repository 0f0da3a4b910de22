# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CASEBOOK_STATIC_ROOT=/srv/static
WORKDIR /srv/casebook
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
# The key made for collecting the files is thrown away with its folder.
RUN CASEBOOK_DATA=/tmp/build python manage.py collectstatic --no-input && rm -rf /tmp/build \
    && useradd --system --home-dir /srv --shell /usr/sbin/nologin casebook \
    && install -d -o casebook -m 700 /srv/anchors
USER casebook
EXPOSE 8000
CMD ["gunicorn", "trial.server.wsgi", "--preload", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--no-control-socket"]
