package dev.enclave.aws.internal;

import dev.enclave.spi.Detection;
import dev.enclave.spi.DetectionContext;
import java.util.ArrayList;
import java.util.List;

/** Whether this is a place for AWS KMS: a place of AWS's own, or settings that say so. */
public final class AwsPlaces {

  /** The ids of this module's detectors. */
  private static final List<String> DETECTORS =
      List.of("aws-lambda", "aws-ecs", "aws-eks", "aws-beanstalk", "aws-vm");

  private AwsPlaces() {}

  /**
   * Judges by what the detectors found and by settings. Credentials in variables alone do not make
   * a machine a place for AWS KMS: they are on many a developer's, for something else.
   */
  public static Detection detect(DetectionContext context) {
    List<String> evidence = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    for (String detector : DETECTORS) {
      Detection said = context.place(detector);
      if (said instanceof Detection.Present present) {
        present.evidence().forEach(fact -> evidence.add(detector + ": " + fact));
      } else if (said instanceof Detection.Inconclusive inconclusive) {
        doubts.add(detector + ": " + inconclusive.reason());
      }
    }
    for (String name : List.of(AwsSettings.REGION, AwsSettings.ENDPOINT)) {
      if (context.settings().get(name).isPresent()) {
        evidence.add(context.settings().fullName(name) + " is set");
      }
    }
    if (!evidence.isEmpty()) {
      return new Detection.Present(evidence);
    }
    return doubts.isEmpty()
        ? new Detection.Absent(
            "no place of AWS was recognised, and "
                + context.settings().fullName(AwsSettings.REGION)
                + " is not set")
        : new Detection.Inconclusive(String.join("; ", doubts));
  }
}
