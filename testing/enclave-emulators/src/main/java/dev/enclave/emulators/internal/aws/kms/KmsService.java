package dev.enclave.emulators.internal.aws.kms;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.aws.auth.SignatureCheck;
import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Caller;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.management.Aliases;
import dev.enclave.emulators.internal.aws.kms.management.KeyManagement;
import dev.enclave.emulators.internal.aws.kms.management.Rotations;
import dev.enclave.emulators.internal.aws.kms.management.Tags;
import dev.enclave.emulators.internal.aws.kms.model.CustomKeyStores;
import dev.enclave.emulators.internal.aws.kms.model.Keys;
import dev.enclave.emulators.internal.aws.kms.model.Lags;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Input;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.shared.Access;
import dev.enclave.emulators.internal.aws.kms.shared.IdentityPolicies;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.transfer.Imports;
import dev.enclave.emulators.internal.aws.kms.use.Encryption;
import dev.enclave.emulators.internal.aws.kms.use.Macs;
import dev.enclave.emulators.internal.aws.kms.use.Signing;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** AWS KMS: its JSON 1.1 protocol (AWS General Reference; Smithy, "AWS JSON 1.1 protocol"). */
public final class KmsService implements Service {

  /** The API reference's other operations, which are not served. */
  private static final Set<String> NOT_SERVED =
      Set.of(
          "ConnectCustomKeyStore",
          "CreateCustomKeyStore",
          "CreateGrant",
          "Decapsulate",
          "DeleteCustomKeyStore",
          "DeriveSharedSecret",
          "DescribeCustomKeyStores",
          "DisconnectCustomKeyStore",
          "Encapsulate",
          "GenerateDataKeyPair",
          "GenerateDataKeyPairWithoutPlaintext",
          "GetKeyLastUsage",
          "ListGrants",
          "ListKeyRotations",
          "ListRetirableGrants",
          "ReEncrypt",
          "ReplicateKey",
          "RetireGrant",
          "RevokeGrant",
          "UpdateCustomKeyStore",
          "UpdatePrimaryRegion");

  private final SignatureCheck signatures;
  private final Keys keys;
  private final RequestQuotas quotas;
  private final Map<String, Operation> operations = new HashMap<>();

  /**
   * An account without keys.
   *
   * @param lags how late readers and policies see what was created or changed
   * @param stores the custom key stores that there are
   * @param mostItems the most items of a page, under the API's own limits
   * @param quotas how many requests a second
   */
  public KmsService(
      SignatureCheck signatures,
      Partition partition,
      DenyRules denied,
      IdentityPolicies policies,
      SecureRandom random,
      Lags lags,
      CustomKeyStores stores,
      int mostItems,
      RequestQuotas quotas) {
    this.signatures = signatures;
    this.quotas = quotas;
    this.keys = new Keys(lags);
    Access access = new Access(partition, denied, policies);
    Shared shared =
        new Shared(
            keys,
            new KeyFinder(keys, partition, access),
            access,
            partition,
            random,
            stores,
            mostItems);
    new KeyManagement(shared).register(operations);
    new Aliases(shared).register(operations);
    new Tags(shared).register(operations);
    new Signing(shared).register(operations);
    new Encryption(shared).register(operations);
    new Macs(shared).register(operations);
    new Rotations(shared).register(operations);
    new Imports(shared).register(operations);
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    @Nullable Caller caller = null;
    @Nullable Call call = null;
    ServiceResponse response;
    try {
      Operation operation = operation(request);
      caller = signatures.caller(request.received());
      call = new Call(request.operation(), input(request), caller, request.time());
      quotas.count(call);
      keys.deleteDue(request.time());
      response = answer(request, 200, operation.apply(call));
    } catch (AwsFailure failure) {
      response = failed(request, failure);
    } catch (RuntimeException e) { // A fault of this server's; the service has a name for its own.
      response =
          failed(request, AwsFailure.of("KMSInternalException", 500, e.getClass().getSimpleName()));
    }
    if (caller != null) {
      response = response.askedBy(caller.arn());
    }
    if (call != null && call.keyId().isPresent()) {
      response = response.aboutKey(call.keyId().get());
    }
    return response;
  }

  private Operation operation(ServiceRequest request) {
    Operation operation = operations.get(request.operation());
    if (operation != null) {
      return operation;
    }
    throw NOT_SERVED.contains(request.operation())
        ? AwsFailure.of(
            "UnsupportedOperationException", request.operation() + " is not served here.")
        : AwsFailure.of("UnknownOperationException", "");
  }

  private static Input input(ServiceRequest request) {
    byte[] body = request.body();
    return new Input(
        Json.parseObject(body.length == 0 ? new byte[] {'{', '}'} : body)
            .orElseThrow(() -> AwsFailure.of("SerializationException", "")));
  }

  /** An error answer. */
  public static ServiceResponse failed(ServiceRequest request, AwsFailure failure) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("__type", failure.name());
    if (!failure.text().isEmpty()) {
      body.put("message", failure.text());
    }
    return answer(request, failure.status(), body)
        .withHeader("x-amzn-ErrorType", failure.name())
        .failedWith(failure.name());
  }

  /** Operations without output answer an empty body. */
  private static ServiceResponse answer(ServiceRequest request, int status, Map<String, ?> body) {
    byte[] text = body.isEmpty() ? new byte[0] : Json.write(body);
    return ServiceResponse.of(status, text)
        .withHeader("x-amzn-RequestId", request.id())
        .withHeader("Content-Type", "application/x-amz-json-1.1");
  }
}
