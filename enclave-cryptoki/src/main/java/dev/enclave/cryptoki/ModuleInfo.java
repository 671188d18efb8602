package dev.enclave.cryptoki;

/**
 * What a module says of itself (CK_INFO): for which version of PKCS#11 it is made, such as 2.40,
 * who made it, what it is, and its own version.
 */
public record ModuleInfo(
    String cryptokiVersion, String manufacturer, String description, String libraryVersion) {

  static ModuleInfo of(Layout.Reader in) {
    String cryptokiVersion = in.version();
    String manufacturer = in.text(32);
    in.ulong(); // flags, of which there are none
    return new ModuleInfo(cryptokiVersion, manufacturer, in.text(32), in.version());
  }
}
