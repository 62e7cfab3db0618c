# For npm run test:images alone: PostgreSQL with pgvector, Mosquitto and Prometheus as Debian packages them, in place of the
# images that docker-compose.yml names, where no image registry can be reached.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
ENV DEBIAN_FRONTEND=noninteractive
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
 && apt-get -q update \
 && apt-get -q install -y --no-install-recommends mosquitto postgresql-15 prometheus \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
COPY pgvector/vector.so /usr/lib/postgresql/15/lib/
COPY pgvector/extension/ /usr/share/postgresql/15/extension/
COPY start-postgres.sh /usr/local/bin/start-postgres
