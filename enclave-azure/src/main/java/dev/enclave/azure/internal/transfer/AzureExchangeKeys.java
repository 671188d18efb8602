package dev.enclave.azure.internal.transfer;

import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.model.AzureKeyParameters;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys under which private keys travel ("Bring your own key specification", Key Exchange Key):
 * RSA in the vault's HSM, which can do nothing but import. Only one that this process had the vault
 * make is used: of one that lay there, nobody knows who else has its private half. Thread-safe.
 */
public final class AzureExchangeKeys {

  /** Not one that an Enclave key could have. */
  public static final String NAME = "import-to-enclave";

  private static final WrappingAlgorithm KIND = WrappingAlgorithm.RSA_OAEP_3072_SHA256;

  /** Half of its time may be over when a blob is made. */
  private static final Duration LIFETIME = Duration.ofHours(2);

  private static final Duration USE = Duration.ofHours(1);

  /**
   * One of them.
   *
   * @param kid its identifier, with the version
   * @param publicKey DER SubjectPublicKeyInfo
   * @param until when the next one is made
   */
  record ExchangeKey(String kid, Bytes publicKey, Instant until) {}

  private final AzureCalls calls;
  private volatile @Nullable ExchangeKey latest;

  AzureExchangeKeys(AzureCalls calls) {
    this.calls = calls;
  }

  /** The one that is in use, else a new one. */
  ExchangeKey get(CallContext call) throws BackendFailure {
    ExchangeKey known = latest;
    Instant now = call.time().now();
    if (known != null && now.isBefore(known.until())) {
      return known;
    }
    ExchangeKey made = make(now, call);
    latest = made;
    return made;
  }

  /** The vault does not take it any more. */
  void forget(ExchangeKey gone) {
    if (gone.equals(latest)) {
      latest = null;
    }
  }

  private ExchangeKey make(Instant now, CallContext call) throws BackendFailure {
    CreateRsaKeyOptions options =
        new CreateRsaKeyOptions(NAME)
            .setHardwareProtected(true)
            .setKeySize(KIND.keyBits())
            .setKeyOperations(KeyOperation.IMPORT)
            .setExpiresOn(now.plus(LIFETIME).atOffset(ZoneOffset.UTC))
            .setTags(Map.of("enclave-made", "IMPORT"));
    KeyVaultKey made;
    try {
      made =
          calls
              .send(
                  AzureOperation.CREATE_KEY,
                  "key " + NAME,
                  call,
                  session -> AzureKeys.create(session, options))
              .value();
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.ALREADY_EXISTS ? AzureRefusals.deletedExchangeKey(NAME) : e;
    }
    String kid = String.valueOf(made.getId());
    boolean ours =
        AzureNames.parse(kid, calls.endpoint().origin())
            .filter(id -> id.name().equalsIgnoreCase(NAME) && id.version().isPresent())
            .isPresent();
    AzureKeyParameters parameters = AzureKeyParameters.of(made);
    Optional<PublicKeyInfo> publicKey =
        parameters.isOf(KIND) ? parameters.publicKey(KIND) : Optional.empty();
    if (!ours
        || publicKey.isEmpty()
        || parameters.assurance(true) != Assurance.HSM
        || !List.of(KeyOperation.IMPORT).equals(made.getKeyOperations())) {
      throw AzureCalls.REFUSALS.wrongAnswer(
          "the key to bring a private key in under is none of its HSM that imports and does"
              + " nothing else");
    }
    return new ExchangeKey(kid, publicKey.get().spki(), now.plus(USE));
  }
}
