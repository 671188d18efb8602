package dev.enclave.emulators.internal.gcp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.wire.FaultDialect.WrongAnswer;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Right answers with one thing changed; errors stay as they are. */
final class WrongFields {

  private static final List<String> OUTPUTS =
      List.of("signature", "pem", "ciphertext", "plaintext", "data");
  private static final String CHECKSUM = "_crc32c";

  private WrongFields() {}

  /** One bit of the output is another; the checksum is the one of the right output. */
  static WrongAnswer flippedBit() {
    return changing(answer -> OUTPUTS.forEach(field -> flip(answer, field)));
  }

  /** One bit of the output is another, and the checksum goes with it. */
  static WrongAnswer flippedBitWithChecksum() {
    return changing(
        answer ->
            OUTPUTS.forEach(
                field -> {
                  flip(answer, field);
                  check(answer, field);
                }));
  }

  /** The output is right and its checksum is not. */
  static WrongAnswer corruptedChecksum() {
    return changing(answer -> OUTPUTS.forEach(field -> alterChecksum(answer, field + CHECKSUM)));
  }

  /** The answer says that it could not check what was sent. */
  static WrongAnswer unverified() {
    return changing(
        answer -> {
          for (FieldDescriptor field : answer.getDescriptorForType().getFields()) {
            if (field.getName().startsWith("verified_")) {
              answer.clearField(field);
            }
          }
        });
  }

  /** The answer names another key version, or another key. */
  static WrongAnswer anotherName() {
    return changing(
        answer -> {
          FieldDescriptor field = field(answer, "name");
          if (field != null && answer.getField(field) instanceof String name) {
            char last = name.charAt(name.length() - 1);
            answer.setField(
                field, name.substring(0, name.length() - 1) + (last == '2' ? '3' : '2'));
          }
        });
  }

  /** A key is made without the labels that were sent, and none are told. */
  static WrongAnswer unlabelled() {
    WrongAnswer untold = changing(answer -> clear(answer, "labels"));
    return (request, service) ->
        untold.to(
            WireMessages.read(request)
                .map(
                    asked -> {
                      DynamicMessage.Builder changed = asked.toBuilder();
                      FieldDescriptor key = field(changed, "crypto_key");
                      if (key != null) {
                        DynamicMessage.Builder made =
                            ((DynamicMessage) asked.getField(key)).toBuilder();
                        clear(made, "labels");
                        changed.setField(key, made.build());
                      }
                      return request.withBody(changed.build().toByteArray());
                    })
                .orElse(request),
            service);
  }

  private static void clear(DynamicMessage.Builder message, String name) {
    FieldDescriptor field = field(message, name);
    if (field != null) {
      message.clearField(field);
    }
  }

  /** The answer names another value of an enumeration. */
  static WrongAnswer anotherValue(String fieldName, String value, String otherwise) {
    return changing(
        answer -> {
          FieldDescriptor field = field(answer, fieldName);
          if (field != null && answer.getField(field) instanceof EnumValueDescriptor now) {
            answer.setField(
                field,
                field
                    .getEnumType()
                    .findValueByName(now.getName().equals(value) ? otherwise : value));
          }
        });
  }

  private static WrongAnswer changing(Consumer<DynamicMessage.Builder> change) {
    return (request, service) -> {
      ServiceResponse right = service.handle(request);
      return WireMessages.read(request.operation(), right)
          .map(
              answer -> {
                DynamicMessage.Builder changed = answer.toBuilder();
                change.accept(changed);
                return right.withBody(changed.build().toByteArray());
              })
          .orElse(right);
    };
  }

  private static @Nullable FieldDescriptor field(DynamicMessage.Builder answer, String name) {
    return answer.getDescriptorForType().findFieldByName(name);
  }

  private static void flip(DynamicMessage.Builder answer, String name) {
    FieldDescriptor field = field(answer, name);
    if (field == null) {
      return;
    }
    if (answer.getField(field) instanceof ByteString bytes && !bytes.isEmpty()) {
      answer.setField(field, flipped(bytes));
    } else if (answer.getField(field) instanceof String text && !text.isEmpty()) {
      // In the middle of a PEM, so that it stays one.
      int middle = text.length() / 2;
      char other = text.charAt(middle) == 'A' ? 'B' : 'A';
      answer.setField(field, text.substring(0, middle) + other + text.substring(middle + 1));
    }
  }

  private static ByteString flipped(ByteString bytes) {
    byte[] changed = bytes.toByteArray();
    changed[changed.length - 1] ^= 1;
    return ByteString.copyFrom(changed);
  }

  private static void check(DynamicMessage.Builder answer, String name) {
    FieldDescriptor field = field(answer, name);
    FieldDescriptor checksum = field(answer, name + CHECKSUM);
    if (field != null && checksum != null) {
      Object value = answer.getField(field);
      ByteString bytes =
          value instanceof ByteString data ? data : ByteString.copyFromUtf8(String.valueOf(value));
      answer.setField(checksum, Crc32c.of(bytes));
    }
  }

  private static void alterChecksum(DynamicMessage.Builder answer, String name) {
    FieldDescriptor field = field(answer, name);
    if (field != null && answer.hasField(field)) {
      Message checksum = (Message) answer.getField(field);
      FieldDescriptor value = checksum.getDescriptorForType().findFieldByName("value");
      long altered = (Long) checksum.getField(value) ^ 1;
      answer.setField(field, checksum.toBuilder().setField(value, altered).build());
    }
  }
}
