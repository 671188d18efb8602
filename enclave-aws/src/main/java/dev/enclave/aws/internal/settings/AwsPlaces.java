package dev.enclave.aws.internal.settings;

import dev.enclave.kit.setup.Places;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Whether new keys belong into AWS KMS here: a place of AWS, or settings that say so, and a region.
 * Credentials in variables alone say nothing: see {@link Places}.
 */
public final class AwsPlaces {

  private static final Places PLACES =
      new Places(
          "AWS",
          List.of("aws-lambda", "aws-ecs", "aws-eks", "aws-beanstalk", "aws-vm"),
          List.of(AwsSettings.REGION, AwsSettings.ENDPOINT));

  /** Whose metadata service names the region. */
  private static final List<String> MACHINES = List.of("aws-vm", "aws-beanstalk");

  /** What a machine is lent to. */
  private static final List<String> NOT_OURS = List.of("ci", "kubernetes");

  private AwsPlaces() {}

  /** Without a network. */
  public static Detection detect(DetectionContext context) {
    Detection said = PLACES.detect(context);
    return said instanceof Detection.Present present && !regionKnown(context)
        ? new Detection.Absent(
            "this is AWS ("
                + String.join("; ", present.evidence())
                + "), and no region is known: "
                + context.settings().fullName(AwsSettings.REGION)
                + " and "
                + AwsRegion.VARIABLES.get(0)
                + " are not set")
        : said;
  }

  private static boolean regionKnown(DetectionContext context) {
    return context.settings().get(AwsSettings.REGION).isPresent()
        || AwsRegion.VARIABLES.stream()
            .anyMatch(variable -> context.environment().variable(variable).isPresent())
        || machineKnowsIt(context);
  }

  /**
   * Not of the machine under a build, which is that of whoever runs builds, in a region of theirs;
   * nor of the node under a pod, whose metadata service is hidden from pods where AWS's advice was
   * followed (a hop limit of 1).
   */
  private static boolean machineKnowsIt(DetectionContext context) {
    return MACHINES.stream()
            .anyMatch(machine -> context.place(machine) instanceof Detection.Present)
        && NOT_OURS.stream().noneMatch(other -> context.place(other) instanceof Detection.Present)
        && !InstanceMetadata.switchedOff(context.environment());
  }
}
