package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys public}. */
@Command(
    name = "public",
    sortOptions = false,
    description = {
      "Write the public key of the active version, or of another.",
      "The format jwks holds every version of a signing key that verifies,",
      "unless --version names one."
    })
public final class KeysPublicCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "pem (the default), der, jwk or jwks.")
  private String format = "pem";

  @Option(names = "--version", paramLabel = "V", description = "This version.")
  private @Nullable String version;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write there, replacing what exists; else to standard output.")
  private String out = "-";

  public KeysPublicCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Format wanted = Format.parse(format);
    byte[] encoded = session.withEnclave(enclave -> encode(enclave, wanted));
    session.files().write(out, encoded);
    return 0;
  }

  private byte[] encode(Enclave enclave, Format wanted) {
    ManagedKey key = KeyArgument.managed(enclave, name);
    return switch (wanted) {
      case PEM -> utf8(publicKey(key).key().toPem());
      case DER -> publicKey(key).key().spki().toByteArray();
      case JWK -> utf8(publicKey(key).key().toJwk() + "\n");
      case JWKS -> utf8(publicKeys(enclave, key).toJwks() + "\n");
    };
  }

  private PublicKeySet publicKeys(Enclave enclave, ManagedKey key) {
    return version == null && key.algorithm().purpose() == KeyPurpose.SIGN
        ? KeyArgument.signing(enclave, name).publishedKeys().keys()
        : new PublicKeySet(List.of(publicKey(key)));
  }

  private PublicKeySet.Entry publicKey(ManagedKey key) {
    KeyInfo info = key.info();
    KeyVersion wanted =
        version == null ? key.activeVersion() : KeyArgument.find(info, KeyVersionId.of(version));
    PublicKeyInfo found =
        wanted
            .publicKey()
            .orElseThrow(
                () ->
                    Texts.VERSION_HAS_NO_PUBLIC_KEY.as(
                        ErrorCode.UNSUPPORTED_OPERATION,
                        wanted.id(),
                        info.name(),
                        info.algorithm()));
    return new PublicKeySet.Entry(info.name() + "/" + wanted.id(), found);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private enum Format {
    PEM,
    DER,
    JWK,
    JWKS;

    static Format parse(String typed) {
      for (Format format : values()) {
        if (format.name().equalsIgnoreCase(typed)) {
          return format;
        }
      }
      throw Texts.KEY_FORMAT_UNKNOWN.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(typed));
    }
  }
}
