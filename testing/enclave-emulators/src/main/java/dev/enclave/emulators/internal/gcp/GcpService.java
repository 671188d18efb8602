package dev.enclave.emulators.internal.gcp;

import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.auth.AccessTokens;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.common.Policy;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes each call to its method: one message in, one message or status out. */
public final class GcpService implements Service {

  /** The logical name of the service. */
  public static final String NAME = "cloudkms.googleapis.com";

  private final Operations operations;
  private final AccessTokens tokens;
  private final Policy policy;
  private final Consumers consumers;
  private final Quotas quotas;

  /**
   * Serves {@code operations} to bearers of {@code tokens}.
   *
   * @param withoutApi projects in which the API is not enabled
   */
  public GcpService(
      Operations operations,
      AccessTokens tokens,
      GcpPolicy policy,
      Set<String> withoutApi,
      Quotas quotas) {
    this.consumers = new Consumers(Set.copyOf(withoutApi), policy.denied());
    this.operations = operations;
    this.tokens = tokens;
    this.policy = policy;
    this.quotas = quotas;
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    @Nullable String principal = null;
    @Nullable Call call = null;
    ServiceResponse response;
    try {
      principal = tokens.principal(request.received(), NAME);
      consumers.check(principal, request.received());
      quotas.count(request);
      call =
          new Call(
              principal,
              request.time(),
              request.header("x-goog-request-params").orElse(""),
              policy);
      Message answer = operations.apply(pathOf(request), call, request.body());
      response = ServiceResponse.of(200, answer.toByteArray());
    } catch (GcpFailure failure) {
      response = failed(failure);
    } catch (RuntimeException e) { // A fault of this server's.
      response = failed(GcpFailure.of(Code.INTERNAL, e.getClass().getSimpleName()));
    }
    if (principal != null) {
      response = response.askedBy(principal);
    }
    if (call != null && call.resource().isPresent()) {
      response = response.aboutKey(call.resource().get());
    }
    return response;
  }

  /** The method's path; its name may be another than the one that was called. */
  private static String pathOf(ServiceRequest request) {
    return request.path().substring(0, request.path().lastIndexOf('/') + 1) + request.operation();
  }

  /** What a person's access token stands for, by e-mail address. */
  public static String person(String email) {
    return Consumers.PERSON + email;
  }

  /** An error ("gRPC over HTTP2", Responses; AIP-193). */
  public static ServiceResponse failed(GcpFailure failure) {
    return ServiceResponse.of(failure.httpStatus(), new byte[0])
        .withHeader("grpc-status", Integer.toString(failure.code().getNumber()))
        .withHeader("grpc-message", failure.status().getMessage())
        .withHeader(
            "grpc-status-details-bin",
            Base64.getEncoder().encodeToString(failure.status().toByteArray()))
        .failedWith(failure.code().name());
  }
}
