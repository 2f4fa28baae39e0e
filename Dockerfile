# Two images from one file:
#   api     the pages and their JSON: no recogniser, no torch, no Ray
#   worker  the command `qm`: takes days in, recognises and scores; also `qm db upgrade` and `qm doctor`
#
#   podman build --target api    --tag quality-equation-api .
#   podman build --target worker --tag quality-equation-worker .
#
# A house with its own package index gives pip's configuration as a build secret (`--secret id=pip,src=/etc/pip.conf`) and its
# certificates as another (`--secret id=ca,src=…`): both are there while building and in no layer.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS system
# The distribution's Python gets its security updates with the base image; a pinned package would vanish from the archive.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 quality \
 && useradd --system --uid 10001 --gid quality --home-dir /var/lib/quality --create-home --shell /usr/sbin/nologin quality \
 && chmod 750 /var/lib/quality
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/quality \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    QM_DATA=/var/lib/quality \
    QM_LOG=json

FROM system AS build
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && python3 -m venv /opt/venv

FROM build AS build-api
COPY requirements-api.txt /tmp/requirements.txt
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=ca,target=/etc/ssl/build-ca.pem \
    pip install --no-cache-dir --only-binary :all: --requirement /tmp/requirements.txt \
 && pip uninstall --yes pip setuptools

FROM build AS build-worker
COPY requirements-worker.txt /tmp/requirements.txt
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=ca,target=/etc/ssl/build-ca.pem \
    pip install --no-cache-dir --only-binary :all: --requirement /tmp/requirements.txt \
 && pip uninstall --yes pip setuptools \
 && printf '%s\n' '#!/opt/venv/bin/python3' 'from pipelines.entry import main' '' 'if __name__ == "__main__":' '    main()' \
    > /opt/venv/bin/qm \
 && chmod 755 /opt/venv/bin/qm

FROM system AS api
COPY --from=build-api /opt/venv /opt/venv
COPY LICENSE /opt/quality/
COPY scoring_rules /opt/quality/scoring_rules
COPY qm /opt/quality/qm
COPY api /opt/quality/api
# Inside the container's own network; what is published outside is said where it is started (see deploy/compose.yaml).
# It starts with TLS (QM_TLS_CERT) or, behind a proxy that has it, with QM_PLAIN_HTTP=yes.
ENV QM_HOST=0.0.0.0 \
    QM_PORT=8642
USER 10001:10001
WORKDIR /var/lib/quality
VOLUME /var/lib/quality
EXPOSE 8642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python3", "-m", "qm.operations.probe", "api"]
CMD ["python3", "-m", "api"]

FROM system AS worker
# `qm db backup` and `restore` of PostgreSQL take its own pg_dump and pg_restore.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build-worker /opt/venv /opt/venv
COPY LICENSE /opt/quality/
COPY scoring_rules /opt/quality/scoring_rules
COPY qm /opt/quality/qm
COPY models /opt/quality/models
COPY pipelines /opt/quality/pipelines
COPY api /opt/quality/api
ENV QM_HOST=0.0.0.0 \
    QM_METRICS_PORT=9642
USER 10001:10001
WORKDIR /var/lib/quality
VOLUME /var/lib/quality
EXPOSE 9642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python3", "-m", "qm.operations.probe", "worker"]
ENTRYPOINT ["qm"]
CMD ["worker"]
