package dev.enclave.emulators.internal.gcp.common;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The methods that are served, by their paths. Filled first, then only read. */
public final class Operations {

  /** One method: reads and checks its request, acts, and answers. */
  @FunctionalInterface
  public interface Operation<Q extends Message> {
    Message apply(Call call, Q request);
  }

  private record Entry<Q extends Message>(Q prototype, Operation<Q> operation) {

    Message apply(Call call, byte[] body) {
      return operation.apply(call, parse(body));
    }

    @SuppressWarnings("unchecked") // A message's parser makes messages of its type.
    private Q parse(byte[] body) {
      try {
        return (Q) prototype.getParserForType().parseFrom(body);
      } catch (InvalidProtocolBufferException e) {
        throw GcpFailure.of(Code.INTERNAL, "The request could not be parsed.");
      }
    }
  }

  private final Map<String, Entry<?>> entries = new HashMap<>();

  /**
   * Serves a method.
   *
   * @param service its full name, such as {@code google.cloud.kms.v1.KeyManagementService}
   * @param prototype any message of the request's type
   */
  public <Q extends Message> void put(
      String service, String method, Q prototype, Operation<Q> operation) {
    entries.put("/" + service + "/" + method, new Entry<>(prototype, operation));
  }

  public boolean has(String path) {
    return entries.containsKey(path);
  }

  public Set<String> paths() {
    return Set.copyOf(entries.keySet());
  }

  /** Carries out the method at {@code path}. */
  public Message apply(String path, Call call, byte[] body) {
    Entry<?> entry = entries.get(path);
    if (entry == null) {
      throw GcpFailure.of(
          Code.UNIMPLEMENTED, "Method " + path.substring(1) + " is not served here.");
    }
    return entry.apply(call, body);
  }
}
