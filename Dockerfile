# SPDX-License-Identifier: Apache-2.0
# docker build -t fascia .
# docker run -p 8080:8080 -v fascia:/var/lib/fascia --env-file clinic.env fascia

FROM swift:6.2-bookworm AS build
WORKDIR /source
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libsqlite3-dev libpq-dev libcmark-gfm-dev libcmark-gfm-extensions-dev zlib1g-dev pkg-config \
        libdcmtk-dev libopenjp2-7-dev libturbojpeg0-dev libjpeg-dev \
    && rm -rf /var/lib/apt/lists/*
# Dependencies first: they change less often than Fascia.
COPY Package.swift ./
COPY Sources/CPostgreSQL Sources/CPostgreSQL
COPY Sources/CMarkdown Sources/CMarkdown
COPY Sources/CZlib Sources/CZlib
COPY Sources/CChild Sources/CChild
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product fascia \
    && swift build -c release --product fascia-dicom \
    && mkdir -p /made \
    && cp -R "$(swift build -c release --show-bin-path)/fascia" "$(swift build -c release --show-bin-path)/fascia-dicom" "$(swift build -c release --show-bin-path)"/*.resources /made/

FROM swift:6.2-bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        ca-certificates curl tzdata ffmpeg libdcmtk17 libopenjp2-7 libturbojpeg0 libjpeg62-turbo zlib1g libsqlite3-0 libpq5 libcmark-gfm0.29.0.gfm.6 libcmark-gfm-extensions0.29.0.gfm.6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/fascia --create-home --shell /usr/sbin/nologin fascia
# SwiftPM looks for a program's resources beside the program.
COPY --from=build /made/ /usr/lib/fascia/
COPY Content /usr/share/fascia/Content
RUN ln -s /usr/lib/fascia/fascia /usr/bin/fascia
USER fascia
VOLUME /var/lib/fascia
EXPOSE 8080
HEALTHCHECK --start-period=20s CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["/usr/lib/fascia/fascia"]
CMD ["serve", "--host", "0.0.0.0", "--data", "/var/lib/fascia"]
