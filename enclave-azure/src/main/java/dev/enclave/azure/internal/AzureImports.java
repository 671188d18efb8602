package dev.enclave.azure.internal;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.key.KeyTaker;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings single private keys into the vault's HSM, in the transfer blob of "Bring your own key
 * specification": only the HSM can open it. A vault deletes no single version, so what can be found
 * wrong is looked for before the first is sent. Thread-safe.
 */
public final class AzureImports implements KeyTaker {

  /** The key under which private keys travel; not one that an Enclave key could have. */
  static final String EXCHANGE_KEY = "import-to-enclave";

  private static final WrappingAlgorithm KIND = WrappingAlgorithm.RSA_OAEP_3072_SHA256;

  /** Half of its time may be over when a blob is made. */
  private static final Duration LIFETIME = Duration.ofHours(2);

  private static final Duration USE = Duration.ofHours(1);

  /**
   * A version of it ("Bring your own key specification", Key Exchange Key): RSA in the vault's HSM,
   * which can do nothing but import. Only one that this process had the vault make is used: of one
   * that lay there, nobody knows who else has its private half.
   *
   * @param kid its identifier, with the version
   * @param publicKey DER SubjectPublicKeyInfo
   * @param until when the next one is made
   */
  private record ExchangeKey(String kid, Bytes publicKey, Instant until) {}

  private final AzureKeys keys;
  private final AzureCalls calls;
  private final SecureRandom random;
  private volatile @Nullable ExchangeKey latest;

  public AzureImports(AzureKeys keys, SecureRandom random) {
    this.keys = keys;
    this.calls = keys.calls();
    this.random = random;
  }

  @Override
  public ImportSupport support() {
    return ImportSupport.of(
        KeyAlgorithm.all().stream()
            .filter(algorithm -> calls.endpoint().imports())
            .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
            .filter(algorithm -> AzureScheme.offered(algorithm, false))
            .collect(Collectors.toUnmodifiableSet()),
        false);
  }

  @Override
  public BackendFailure notTaken(KeyAlgorithm algorithm) {
    return calls.endpoint().imports()
        ? AzureCalls.REFUSALS.notImported(algorithm, Texts.NO_EDWARDS_CURVES.with())
        : Texts.NOT_TAKEN_OVER.permanent(FailureCode.UNSUPPORTED, algorithm);
  }

  @Override
  public void check(Version version, KeyAlgorithm algorithm) throws BackendFailure {
    KeyTaker.checked(version, algorithm, AzureCalls.REFUSALS, random).close();
  }

  /** A key, or another version of the key that there is, with this private half. */
  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    ExchangeKey exchangeKey = exchangeKey(call);
    String blob = blob(exchangeKey, version.material().orElseThrow());
    JsonWebKey key =
        new AzureScheme(into.algorithm()).webKey().setT(blob.getBytes(StandardCharsets.US_ASCII));
    ImportKeyOptions options =
        new ImportKeyOptions(AzureNames.of(into.name()), key)
            .setHardwareProtected(true)
            .setEnabled(version.state() != KeyState.DISABLED);
    options.setTags(into.tags());
    try {
      return keys.made(
          into,
          AzureOperation.IMPORT_KEY,
          client -> client.importKeyWithResponse(options, Context.NONE),
          call);
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT
          && (e.code() == FailureCode.NOT_FOUND || e.code() == FailureCode.INVALID_STATE)) {
        // The target is new: what is not there, or off, or over, is what it travels under.
        if (exchangeKey.equals(latest)) {
          latest = null;
        }
        throw Texts.EXCHANGE_KEY_REFUSED.transientFailure(FailureCode.UNAVAILABLE);
      }
      throw e;
    }
  }

  private String blob(ExchangeKey exchangeKey, SecretBytes material) throws BackendFailure {
    Bytes ciphertext;
    try {
      ciphertext = RsaAesKeyWrap.SHA_1.wrap(exchangeKey.publicKey(), material, random);
    } catch (EnclaveException e) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.NO_WRAPPING_KEY.with());
    }
    return "{\"schema_version\":\"1.0.0\",\"header\":{\"kid\":\""
        + exchangeKey.kid()
        + "\",\"alg\":\"dir\",\"enc\":\"CKM_RSA_AES_KEY_WRAP\"},\"ciphertext\":\""
        + Base64.getUrlEncoder().withoutPadding().encodeToString(ciphertext.toByteArray())
        + "\",\"generator\":\"Enclave\"}";
  }

  // The keys under which private keys travel

  private ExchangeKey exchangeKey(CallContext call) throws BackendFailure {
    ExchangeKey known = latest;
    Instant now = call.time().now();
    if (known != null && now.isBefore(known.until())) {
      return known;
    }
    ExchangeKey made = make(now, call);
    latest = made;
    return made;
  }

  private ExchangeKey make(Instant now, CallContext call) throws BackendFailure {
    CreateRsaKeyOptions options =
        new CreateRsaKeyOptions(EXCHANGE_KEY)
            .setHardwareProtected(true)
            .setKeySize(KIND.keyBits())
            .setKeyOperations(KeyOperation.IMPORT)
            .setExpiresOn(now.plus(LIFETIME).atOffset(ZoneOffset.UTC))
            .setTags(Map.of("enclave-made", "IMPORT"));
    KeyVaultKey made;
    try {
      made =
          calls.key(
              AzureOperation.CREATE_KEY,
              Texts.KEY.with(EXCHANGE_KEY),
              call,
              client -> client.createRsaKeyWithResponse(options, Context.NONE));
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.ALREADY_EXISTS
          ? BackendFailure.permanent(
                  FailureCode.REJECTED, e.observed(), Texts.EXCHANGE_KEY_DELETED.with())
              .naming(EXCHANGE_KEY)
          : e;
    }
    String kid = String.valueOf(made.getId());
    boolean ours =
        AzureNames.parse(kid, calls.endpoint().origin())
            .filter(id -> id.name().equalsIgnoreCase(EXCHANGE_KEY) && id.version().isPresent())
            .isPresent();
    AzureKeyParameters parameters = AzureKeyParameters.of(made);
    Optional<PublicKeyInfo> publicKey =
        parameters.isOf(KIND) ? parameters.publicKey(KIND) : Optional.empty();
    if (!ours
        || publicKey.isEmpty()
        || parameters.assurance(true) != Assurance.HSM
        || !List.of(KeyOperation.IMPORT).equals(made.getKeyOperations())) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.NOT_ITS_EXCHANGE_KEY.with());
    }
    return new ExchangeKey(kid, publicKey.get().spki(), now.plus(USE));
  }
}
