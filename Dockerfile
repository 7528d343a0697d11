# docker build -t rill .
# What is built runs on every processor, so it is built on the one that is there.
FROM --platform=$BUILDPLATFORM node:24-slim AS build
WORKDIR /build
# A layer of its own, which is kept until the lockfile changes.
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma prisma
COPY scripts scripts
RUN --mount=type=cache,target=/root/.npm node scripts/setup.mjs
COPY . .
RUN node scripts/standalone.mjs && mkdir data

# Node and what it needs of Debian: no shell, no package manager.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Rill" \
      org.opencontainers.image.description="A streaming agent chat that people host themselves" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="gcr.io/distroless/nodejs24-debian13:nonroot"
WORKDIR /app
COPY --from=build /build/.next/standalone ./
COPY --from=build --chown=65532:65532 /build/data /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 RILL_DATA_DIR=/data
USER 65532:65532
EXPOSE 3000
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/nodejs/bin/node", "healthcheck.mjs"]
# One process: the signals that stop the container reach the server.
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["start.mjs"]
