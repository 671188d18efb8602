package dev.enclave.aws.internal.detect;

import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** EC2's metadata service: a session token by PUT, then the identity document with it. */
final class Ec2Probe implements MetadataProbe {

  private static final Pattern INSTANCE =
      Pattern.compile("\"instanceId\"\\s*:\\s*\"i-[0-9a-f]{8,17}\"");
  private static final Pattern REGION =
      Pattern.compile("\"region\"\\s*:\\s*\"([a-z]{2}[a-z0-9-]{1,30})\"");

  @Override
  public Detection ask(MetadataService metadata) {
    InstanceMetadata.Access access = InstanceMetadata.open(metadata);
    if (access.session().isEmpty()) {
      return access.garbled()
          ? new Detection.Inconclusive("EC2: " + access.reason())
          : new Detection.Absent("EC2: " + access.reason());
    }
    MetadataAnswer answer =
        access.session().get().get("/latest/dynamic/instance-identity/document");
    if (answer instanceof MetadataAnswer.Silent silent) {
      return new Detection.Inconclusive(
          "EC2: a session token, but no identity document: " + silent.reason());
    }
    Answered document = (Answered) answer;
    Matcher region = REGION.matcher(document.body());
    return document.status() == 200 && INSTANCE.matcher(document.body()).find() && region.find()
        ? Detection.present("EC2's identity document names region " + region.group(1))
        : new Detection.Inconclusive("EC2: a session token, but no identity document");
  }
}
