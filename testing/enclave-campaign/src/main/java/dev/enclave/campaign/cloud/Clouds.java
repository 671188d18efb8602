package dev.enclave.campaign.cloud;

import java.util.ServiceLoader;

/** Finds, in another process, the cloud that a test is about. */
public final class Clouds {

  private Clouds() {}

  public static String nameOf(CloudUnderTest cloud) {
    return cloud.getClass().getName();
  }

  public static CloudUnderTest named(String name) {
    return ServiceLoader.load(CloudUnderTest.class).stream()
        .filter(cloud -> cloud.type().getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    name
                        + " is not among the services. Add a line with its name to"
                        + " META-INF/services/"
                        + CloudUnderTest.class.getName()
                        + " of the tests."))
        .get();
  }
}
