package dev.enclave.gcp.internal;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import java.util.concurrent.atomic.AtomicInteger;

/** Flips a bit of a field in some requests of a method on their way to our server. */
public final class DamagingNetwork {

  private final Tampering tampering = new Tampering();
  private final GcpKmsServer server;

  /** To this server. */
  public DamagingNetwork(GcpKmsServer server) {
    this.server = server;
    Sessions.makeKeyRing(server);
  }

  /** Opens the backend over it. */
  public SigningBackend open(BackendContext context) {
    return GcpKmsBackend.over(Sessions.with(server, tampering), context);
  }

  /** From now on damages the next {@code count} requests of a method. */
  public void damage(String method, String field, int count) {
    AtomicInteger left = new AtomicInteger(count);
    tampering.requests(
        method, message -> left.getAndDecrement() > 0 ? damaged(message, field) : message);
  }

  private static Message damaged(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    if (message.getField(field) instanceof Message nested) {
      FieldDescriptor only = nested.getAllFields().keySet().iterator().next();
      return message.toBuilder()
          .setField(field, Tampering.corruptions(nested, only).get(0))
          .build();
    }
    return Tampering.corruptions(message, field).get(0);
  }
}
