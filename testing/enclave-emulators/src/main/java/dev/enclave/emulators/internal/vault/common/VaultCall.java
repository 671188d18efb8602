package dev.enclave.emulators.internal.vault.common;

import dev.enclave.emulators.wire.ServiceRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as Vault's core sees it.
 *
 * @param request as it came
 * @param namespace such as {@code a/b/}, with the slash at its end; empty for the root namespace
 * @param mount the prefix of the path that {@code rest} is below, such as {@code transit/}; empty
 *     before it was routed
 * @param rest the path below the mount, decoded; that of a LIST ends in a slash
 * @param operation POST and PUT are {@link Operation#UPDATE} until the existence check
 * @param input the members of the JSON body, or the query of the others, whose values are strings
 * @param token as sent
 * @param time by the server's clock
 * @param seenAt what was written after this moment is not seen by the node that answers
 */
public record VaultCall(
    ServiceRequest request,
    String namespace,
    String mount,
    String rest,
    Operation operation,
    Map<String, @Nullable Object> input,
    Optional<String> token,
    Instant time,
    Instant seenAt) {

  /** The path below {@code /v1/} and the namespace: what policies are about. */
  public String path() {
    return mount + rest;
  }

  /** The same call, below a mount that its path begins with. */
  public VaultCall below(String prefix) {
    return new VaultCall(
        request,
        namespace,
        prefix,
        path().substring(prefix.length()),
        operation,
        input,
        token,
        time,
        seenAt);
  }

  /** The same call with another operation. */
  public VaultCall as(Operation newOperation) {
    return new VaultCall(request, namespace, mount, rest, newOperation, input, token, time, seenAt);
  }

  /** The same call, of a node that sees what was written until another moment. */
  public VaultCall seenAt(Instant moment) {
    return new VaultCall(request, namespace, mount, rest, operation, input, token, time, moment);
  }

  /** Path and operation; no token and no input, which may be secret. */
  @Override
  public String toString() {
    return "VaultCall[" + operation + " " + namespace + path() + "]";
  }
}
