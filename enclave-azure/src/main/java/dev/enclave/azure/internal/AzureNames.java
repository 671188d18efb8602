package dev.enclave.azure.internal;

import dev.enclave.KeyName;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How keys are called in a vault ("About keys, secrets and certificates", Object identifiers):
 * Enclave's have a prefix, so that no key of somebody else's is taken for one.
 */
public final class AzureNames {

  static final String PREFIX = "enclave-";

  /**
   * A version is 32 characters, which the vault makes, of a UUID. What says that it is one and is
   * not may be anything, and is not shown.
   */
  private static final Pattern PATH =
      Pattern.compile("/keys/([0-9a-zA-Z-]{1,127})(?:/([0-9a-fA-F]{32}))?");

  /**
   * A key identifier.
   *
   * @param name the key's
   * @param version none for the key as a whole
   */
  public record Id(String name, Optional<String> version) {}

  private AzureNames() {}

  /** The name in the vault. */
  public static String of(KeyName name) {
    return PREFIX + name;
  }

  /** The Enclave key of that name in the vault; none if it is somebody else's. */
  public static Optional<KeyName> keyOf(String vaultName) {
    String lower = vaultName.toLowerCase(Locale.ROOT);
    return lower.startsWith(PREFIX)
        ? StoredText.name(lower.substring(PREFIX.length()))
        : Optional.empty();
  }

  /** Reads a key identifier of this vault. */
  public static Id require(String kid, Origin vault) throws BackendFailure {
    return parse(kid, vault).orElseThrow(() -> notAKey(vault));
  }

  static BackendFailure notAKey(Origin vault) {
    String example = vault + "/keys/treasury";
    return AzureCalls.REFUSALS.notAKey(Texts.FORM_OF_KEY.with(example)).naming(example);
  }

  /** Reads a key identifier of this vault; nothing if it is none, or another vault's. */
  public static Optional<Id> parse(String kid, Origin vault) {
    return vault
        .at(kid)
        .filter(uri -> uri.getRawQuery() == null && uri.getRawFragment() == null)
        .map(uri -> PATH.matcher(uri.getRawPath()))
        .filter(Matcher::matches)
        .map(path -> new Id(path.group(1), Optional.ofNullable(path.group(2))));
  }
}
