package dev.enclave.azure.internal;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.cryptography.models.DecryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateKeyOptions;
import com.azure.security.keyvault.keys.models.KeyType;
import dev.enclave.azure.internal.AzureCalls.Tried;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Asks the vault how it is, by one request of those that cost least: it reads the version that was
 * read last. Where none was it reads a key that is not, which tells that the vault is reached and
 * knows who asks. Whoever asks again and has still read none, as {@code doctor} does, has some of
 * the vault's keys listed instead: what becomes of deleted keys a vault tells with its keys alone.
 * A start lists nothing. No signature is made: of those a vault makes few a second.
 *
 * <p>And what the identity may do, found out by requests that cannot succeed: about a key that does
 * not exist, and for one of a kind that does not. The vault looks at permissions first. One of the
 * requests deletes, so the key's name is drawn anew each time, and is none that Enclave has.
 * Thread-safe.
 */
public final class AzureAccess implements PermissionProber {

  private static final String NO_KEY = "enclave-health-probe";
  private static final String PREFIX = "probe-of-enclave-";
  private static final int RANDOM_BYTES = 16;
  private static final String NO_VERSION = "00000000000000000000000000000000";
  private static final String SIGNING = "signing";
  private static final String SEALING = "sealing";
  private static final String CREATING = Texts.CREATING.with();
  private static final String DESTROYING = Texts.DESTROYING.with();

  /** A vault has no AES keys, and one data action for deleting and for reading what is deleted. */
  private static final Set<AzureOperation> OF_HSMS =
      Set.of(AzureOperation.ENCRYPT, AzureOperation.DECRYPT, AzureOperation.GET_DELETED_KEY);

  private final AzureKeys keys;
  private final VersionLedger ledger;
  private final AzureCalls calls;
  private final WireLogs logs;
  private final SecureRandom random;
  private final AtomicBoolean asked = new AtomicBoolean();

  public AzureAccess(AzureKeys keys, VersionLedger ledger, WireLogs logs, SecureRandom random) {
    this.keys = keys;
    this.ledger = ledger;
    this.calls = keys.calls();
    this.logs = logs;
    this.random = random;
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    Optional<String> read = ledger.lastToSign().map(VersionLedger.Usable::uri);
    boolean first = !asked.getAndSet(true);
    Tried<?> tried =
        read.isEmpty() && !first
            ? keys.noteRecovery(call)
            : reading(read.orElse(keys.uri(NO_KEY)), call);
    Optional<BackendFailure> failure = tried.failure();
    List<Finding> findings = new ArrayList<>(keys.findings().all());
    findings.addAll(logs.findings());
    keys.regionsFinding().ifPresent(findings::add);
    if (read.isPresent()
        && failure.filter(f -> f.code() == FailureCode.ACCESS_DENIED).isPresent()) {
      findings.add(
          Texts.MAY_NOT_READ.finding(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              read.get(),
              AzureOperation.GET_KEY.dataAction(calls.endpoint().managedHsm())));
    } else if (failure.isPresent() && !tolerable(failure.get())) {
      throw failure.get();
    }
    return HealthReport.of(findings);
  }

  private Tried<?> reading(String uri, CallContext call) throws BackendFailure {
    AzureNames.Id id = AzureNames.parse(uri, calls.endpoint().origin()).orElseThrow();
    return calls.tried(
        AzureOperation.GET_KEY,
        uri,
        call,
        s -> s.keys().getKeyWithResponse(id.name(), id.version().orElse(""), Context.NONE));
  }

  /**
   * What is the matter with one key is told where it is used; who may not read was recognised, but
   * not who got no token.
   */
  private boolean tolerable(BackendFailure failure) {
    return switch (failure.code()) {
      case NOT_FOUND, INVALID_STATE -> true;
      // A token that the vault does not take is no answer to who asks.
      case ACCESS_DENIED -> failure.failureClass() == FailureClass.PERMANENT && calls.identified();
      default -> false;
    };
  }

  /** A request that cannot succeed, and what fails without the permission for it. */
  private record Probe(
      AzureOperation operation, String neededFor, Function<AzureSession, ?> request) {}

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    List<Permission> answers = new ArrayList<>();
    for (Probe probe : probes(calls.endpoint().managedHsm())) {
      answers.add(ask(probe, call));
    }
    return answers;
  }

  private List<Probe> probes(boolean managedHsm) {
    String nothing = nothing();
    String kid = calls.endpoint().origin() + "/keys/" + nothing + "/" + NO_VERSION;
    byte[] input = new byte[32];
    EncryptParameters encrypted = EncryptParameters.createA256GcmParameters(input, input);
    DecryptParameters decrypted =
        DecryptParameters.createA256GcmParameters(input, new byte[12], new byte[16], input);
    CreateKeyOptions noKind = new CreateKeyOptions(nothing, KeyType.fromString("none"));
    List<Probe> all =
        List.of(
            new Probe(
                AzureOperation.GET_KEY,
                SIGNING,
                s -> s.keys().getKeyWithResponse(nothing, NO_VERSION, Context.NONE)),
            new Probe(
                AzureOperation.SIGN,
                SIGNING,
                s -> s.cryptography(kid).sign(SignatureAlgorithm.ES256, input, Context.NONE)),
            new Probe(
                AzureOperation.UNWRAP_KEY,
                SEALING,
                s ->
                    s.cryptography(kid)
                        .unwrapKey(KeyWrapAlgorithm.RSA_OAEP_256, input, Context.NONE)),
            new Probe(
                AzureOperation.ENCRYPT,
                SEALING,
                s -> s.cryptography(kid).encrypt(encrypted, Context.NONE)),
            new Probe(
                AzureOperation.DECRYPT,
                SEALING,
                s -> s.cryptography(kid).decrypt(decrypted, Context.NONE)),
            new Probe(
                AzureOperation.CREATE_KEY,
                CREATING,
                s -> s.keys().createKeyWithResponse(noKind, Context.NONE)),
            new Probe(
                AzureOperation.UPDATE_KEY,
                CREATING,
                s -> AzureKeys.update(s.keys(), AzureKeys.identified(kid))),
            new Probe(AzureOperation.DELETE_KEY, DESTROYING, s -> s.keys().beginDeleteKey(nothing)),
            new Probe(
                AzureOperation.GET_DELETED_KEY,
                DESTROYING,
                s -> s.keys().getDeletedKeyWithResponse(nothing, Context.NONE)));
    return managedHsm ? all : all.stream().filter(p -> !OF_HSMS.contains(p.operation())).toList();
  }

  private String nothing() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + HexFormat.of().formatHex(bytes);
  }

  /**
   * The vault looks at permissions before it looks for the key ("HTTP 403: Insufficient
   * permissions", "404"), and before it reads what is asked for. An answer without a code of a
   * vault's says nothing.
   */
  private Permission ask(Probe probe, CallContext call) throws BackendFailure {
    AzureOperation operation = probe.operation();
    Tried<?> tried = calls.tried(operation, Texts.NO_SUCH_KEY.with(), call, probe.request());
    boolean managedHsm = calls.endpoint().managedHsm();
    String action = operation.dataAction(managedHsm);
    Optional<ErrorRule> rule = tried.rule();
    boolean granted =
        rule.filter(
                r ->
                    r.equals(AzureErrors.NOT_FOUND)
                        || (r.equals(AzureErrors.BAD) && operation == AzureOperation.CREATE_KEY))
            .isPresent();
    if (granted || rule.filter(AzureErrors.DENIED::equals).isPresent()) {
      return Permission.of(
          action,
          probe.neededFor(),
          granted,
          Texts.ALLOW.with(
              action,
              managedHsm
                  ? Texts.BY_LOCAL_ROLE.with()
                  : Texts.BY_ACCESS_POLICY.with(operation.permission())));
    }
    Optional<BackendFailure> failure =
        tried.failure().filter(f -> rule.isPresent() || f.failureClass() != FailureClass.PERMANENT);
    if (failure.isPresent()) {
      throw failure.get();
    }
    return Permission.unknown(
        action, probe.neededFor(), Texts.CARRIED_OUT.with(), Texts.CHECK_VAULT_URL.with());
  }
}
