# One image for web, public, worker, beat and migrate; docker-compose.yml says which is which.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 STATIC_ROOT=/srv/static
WORKDIR /srv/custinfo
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY --from=assets /build/node_modules node_modules
COPY . .
# Built without any secret: these addresses lead nowhere, and the collected files are public.
RUN export SECRET_KEY=build DATABASE_URL=postgresql:///none KEYRING_DATABASE_URL=postgresql:///none \
        REDIS_URL=redis://none KEK_FILE=/none LOGIN_KEY_FILE=/none \
        RECEIPT_KEY_FILE=/none DEPOSIT_RECIPIENT_FILE=/none PUBLIC_URL=https://none \
    && python manage.py messages --compile \
    && python manage.py collectstatic --noinput --verbosity=0
USER 1000:1000
EXPOSE 8000
CMD ["gunicorn", "--config=deploy/gunicorn.py", "custinfo.wsgi"]
