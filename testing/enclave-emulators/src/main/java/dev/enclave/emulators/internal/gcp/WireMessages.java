package dev.enclave.emulators.internal.gcp;

import com.google.cloud.kms.v1.KmsProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Optional;

/** Requests to Cloud KMS and answers as messages whose fields have names. */
final class WireMessages {

  private WireMessages() {}

  /** What {@code answer} to {@code operation} says; empty for errors and unknown operations. */
  static Optional<DynamicMessage> read(String operation, ServiceResponse answer) {
    return answer.status() == 200
        ? method(operation).map(method -> parsed(method.getOutputType(), answer.body()))
        : Optional.empty();
  }

  /** What {@code request} asks; empty for unknown operations. */
  static Optional<DynamicMessage> read(ServiceRequest request) {
    return method(request.operation()).map(method -> parsed(method.getInputType(), request.body()));
  }

  private static Optional<MethodDescriptor> method(String operation) {
    return Optional.ofNullable(
        KmsProto.getDescriptor()
            .findServiceByName("KeyManagementService")
            .findMethodByName(operation));
  }

  private static DynamicMessage parsed(Descriptor type, byte[] body) {
    try {
      return DynamicMessage.parseFrom(type, body);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A message is not of its own type.");
    }
  }
}
