package dev.enclave.cryptoki;

/** What a module says of itself (CK_INFO). Versions are such as 2.40. */
public record ModuleInfo(
    String cryptokiVersion, String manufacturer, String description, String libraryVersion) {}
