package dev.enclave.emulators.internal.aws.common;

/**
 * The account and Region that a server stands for.
 *
 * @param account twelve digits
 * @param region such as {@code eu-west-1}
 */
public record Partition(String account, String region) {

  public String keyArn(String id) {
    return kms("key/" + id);
  }

  /** The ARN of an alias whose name begins with {@code alias/}. */
  public String aliasArn(String name) {
    return kms(name);
  }

  private String kms(String resource) {
    return "arn:aws:kms:" + region + ":" + account + ":" + resource;
  }

  public String userArn(String name) {
    return "arn:aws:iam::" + account + ":user/" + name;
  }

  public String roleArn(String name) {
    return "arn:aws:iam::" + account + ":role/" + name;
  }

  public String sessionArn(String role, String session) {
    return "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session;
  }
}
