package dev.enclave.azure.internal.credentials;

import com.azure.core.credential.TokenCredential;
import java.util.function.Supplier;

/**
 * Where tokens come from.
 *
 * @param named as messages name it
 * @param credential makes azure-identity's own, each with a cache of tokens of its own as far as
 *     azure-identity has one for it
 * @param fix what to look at if it refuses
 * @param end ends what it asks by
 */
public record TokenSource(
    String named, Supplier<TokenCredential> credential, String fix, Runnable end) {

  /** One that holds nothing. */
  public TokenSource(String named, Supplier<TokenCredential> credential, String fix) {
    this(named, credential, fix, () -> {});
  }
}
