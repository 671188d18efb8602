package dev.enclave.aws.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** EC2's metadata service: a session token by PUT, then the identity document with it. */
final class Ec2Probe implements MetadataProbe {

  private static final String V4 = "http://169.254.169.254";

  /** For instances without IPv4; elsewhere there is no way to it, which shows at once. */
  private static final String V6 = "http://[fd00:ec2::254]";

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9+/=_-]{1,256}");
  private static final Pattern INSTANCE =
      Pattern.compile("\"instanceId\"\\s*:\\s*\"i-[0-9a-f]{8,17}\"");
  private static final Pattern REGION =
      Pattern.compile("\"region\"\\s*:\\s*\"([a-z]{2}[a-z0-9-]{1,30})\"");

  @Override
  public Detection ask(MetadataService metadata) {
    String base = V4;
    MetadataAnswer token = token(metadata, base);
    if (token instanceof MetadataAnswer.Silent) {
      base = V6;
      MetadataAnswer second = token(metadata, base);
      if (second instanceof MetadataAnswer.Silent) {
        return new Detection.Absent("EC2: " + ((MetadataAnswer.Silent) token).reason());
      }
      token = second;
    }
    Answered answered = (Answered) token;
    if (answered.status() != 200) {
      return new Detection.Absent("EC2: HTTP " + answered.status() + " for a session token");
    }
    if (!TOKEN.matcher(answered.body()).matches()) {
      return new Detection.Inconclusive("EC2: what was given for a session token is none");
    }
    return identity(
        metadata.send(
            MetadataRequest.get(base + "/latest/dynamic/instance-identity/document")
                .header("X-aws-ec2-metadata-token", answered.body())));
  }

  private static MetadataAnswer token(MetadataService metadata, String base) {
    return metadata.send(
        MetadataRequest.put(base + "/latest/api/token")
            .header("X-aws-ec2-metadata-token-ttl-seconds", "60"));
  }

  private static Detection identity(MetadataAnswer answer) {
    if (answer instanceof MetadataAnswer.Silent silent) {
      return new Detection.Inconclusive(
          "EC2: a session token, but no identity document: " + silent.reason());
    }
    Answered document = (Answered) answer;
    Matcher region = REGION.matcher(document.body());
    if (document.status() != 200 || !INSTANCE.matcher(document.body()).find() || !region.find()) {
      return new Detection.Inconclusive("EC2: a session token, but no identity document");
    }
    return Detection.present("EC2's identity document names region " + region.group(1));
  }
}
