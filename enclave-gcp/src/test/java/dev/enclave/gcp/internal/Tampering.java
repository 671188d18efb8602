package dev.enclave.gcp.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Changes messages on their way, of one method at a time. */
public final class Tampering implements ClientInterceptor {

  private volatile String method = "";
  private volatile UnaryOperator<Message> request = UnaryOperator.identity();
  private volatile UnaryOperator<Message> response = UnaryOperator.identity();

  public void requests(String ofMethod, UnaryOperator<Message> change) {
    method = ofMethod;
    request = change;
    response = UnaryOperator.identity();
  }

  public void responses(String ofMethod, UnaryOperator<Message> change) {
    method = ofMethod;
    request = UnaryOperator.identity();
    response = change;
  }

  public void stop() {
    method = "";
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> called, CallOptions options, Channel next) {
    ClientCall<Q, R> call = next.newCall(called, options);
    if (!method.equals(called.getBareMethodName())) {
      return call;
    }
    return new ForwardingClientCall.SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        super.start(
            new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onMessage(R message) {
                super.onMessage(changed(message, response));
              }
            },
            headers);
      }

      @Override
      public void sendMessage(Q message) {
        super.sendMessage(changed(message, request));
      }
    };
  }

  @SuppressWarnings("unchecked") // A change keeps the message's type.
  private static <T> T changed(T message, UnaryOperator<Message> change) {
    return (T) change.apply((Message) message);
  }

  /**
   * The message with each bit of a field flipped in turn, or each other value of an enumeration,
   * and with the field gone.
   */
  static List<Message> corruptions(Message message, FieldDescriptor field) {
    List<Message> corrupted = new ArrayList<>();
    Object value = message.getField(field);
    if (value instanceof Boolean flag) {
      corrupted.add(with(message, field, !flag));
    } else if (value instanceof ByteString bytes) {
      for (int bit = 0; bit < bytes.size() * Byte.SIZE; bit++) {
        corrupted.add(with(message, field, ByteString.copyFrom(flipped(bytes.toByteArray(), bit))));
      }
    } else if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
        corrupted.add(
            with(message, field, new String(flipped(bytes, bit), StandardCharsets.ISO_8859_1)));
      }
    } else if (value instanceof Int64Value number) {
      for (int bit = 0; bit < Long.SIZE; bit++) {
        corrupted.add(with(message, field, Int64Value.of(number.getValue() ^ (1L << bit))));
      }
    } else if (value instanceof Message inner) {
      for (FieldDescriptor set : inner.getAllFields().keySet()) {
        corruptions(inner, set).forEach(wrong -> corrupted.add(with(message, field, wrong)));
      }
    } else if (value instanceof EnumValueDescriptor constant) {
      for (EnumValueDescriptor other : field.getEnumType().getValues()) {
        if (!other.equals(constant)) {
          corrupted.add(with(message, field, other));
        }
      }
    } else {
      throw new IllegalArgumentException(field.getFullName());
    }
    corrupted.add(message.toBuilder().clearField(field).build());
    return corrupted;
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
    return copy;
  }

  private static Message with(Message message, FieldDescriptor field, Object value) {
    return message.toBuilder().setField(field, value).build();
  }
}
