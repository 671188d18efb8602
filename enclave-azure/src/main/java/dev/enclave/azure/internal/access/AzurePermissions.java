package dev.enclave.azure.internal.access;

import com.azure.core.util.Context;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateKeyOptions;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyType;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureCalls.Request;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the identity may do, found out by requests that cannot succeed: about a key that does not
 * exist, and for one of a kind that does not. The vault looks at permissions first. One of the
 * requests deletes, so the key's name is drawn anew each time, and is none that Enclave has.
 */
public final class AzurePermissions implements PermissionProber {

  private static final String PREFIX = "probe-of-enclave-";
  private static final int RANDOM_BYTES = 16;
  private static final String NO_VERSION = "00000000000000000000000000000000";
  private static final String SIGNING = "signing";
  private static final String CREATING = "creating and rotating keys";
  private static final String DESTROYING = "destroying keys";

  private final AzureCalls calls;
  private final SecureRandom random;

  public AzurePermissions(AzureCalls calls, SecureRandom random) {
    this.calls = calls;
    this.random = random;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String nothing = nothing();
    String kid = calls.endpoint().origin() + "/keys/" + nothing + "/" + NO_VERSION;
    return List.of(
        ask(
            AzureOperation.GET_KEY,
            SIGNING,
            call,
            session -> session.keys().getKeyWithResponse(nothing, NO_VERSION, Context.NONE)),
        ask(
            AzureOperation.SIGN,
            SIGNING,
            call,
            session ->
                session
                    .cryptography(kid)
                    .sign(SignatureAlgorithm.ES256, new byte[32], Context.NONE)),
        ask(
            AzureOperation.CREATE_KEY,
            CREATING,
            call,
            session ->
                session
                    .keys()
                    .createKeyWithResponse(
                        new CreateKeyOptions(nothing, KeyType.fromString("none")), Context.NONE)),
        ask(
            AzureOperation.UPDATE_KEY,
            CREATING,
            call,
            session ->
                session
                    .keys()
                    .updateKeyPropertiesWithResponse(nobody(kid), Context.NONE, untouched())),
        ask(
            AzureOperation.DELETE_KEY,
            DESTROYING,
            call,
            session -> session.keys().beginDeleteKey(nothing)));
  }

  private String nothing() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + HexFormat.of().formatHex(bytes);
  }

  private Permission ask(
      AzureOperation operation, String neededFor, CallContext call, Request<?> request)
      throws BackendFailure {
    Optional<BackendFailure> failure = calls.failure(operation, "a key that is not", call, request);
    boolean denied =
        failure
            .filter(f -> f.code() == FailureCode.ACCESS_DENIED)
            .filter(f -> f.failureClass() == FailureClass.PERMANENT)
            .isPresent();
    if (failure.isPresent() && !denied && failure.get().failureClass() != FailureClass.PERMANENT) {
      throw failure.get();
    }
    boolean managedHsm = calls.endpoint().managedHsm();
    String action = operation.dataAction(managedHsm);
    return Permission.of(
        action,
        neededFor,
        !denied,
        "Allow "
            + action
            + (managedHsm
                ? ", by a local role of the managed HSM"
                : ", or " + operation.permission() + " in the vault's access policy")
            + "; doctor --iam prints all");
  }

  private static KeyProperties nobody(String kid) {
    try (JsonReader reader = JsonProviders.createReader("{\"kid\":\"" + kid + "\"}")) {
      return KeyProperties.fromJson(reader);
    } catch (IOException e) {
      throw new IllegalStateException("a key identifier is plain text");
    }
  }

  @SuppressWarnings("NullAway") // The SDK's own way to send no list.
  private static KeyOperation[] untouched() {
    return null;
  }
}
