package dev.enclave.kubernetes.internal.texts;

import dev.enclave.internal.Text;

/** All that the backend of Kubernetes says. */
public enum Texts implements Text {
  // -- access
  SIGNING("signing and sealing"),
  CREATING("creating keys"),
  CHANGING("rotating and changing keys"),
  LISTING("listing keys"),
  MAY_NOT_GET(
      "The service account may not get Secrets in namespace {namespace}",
      "Add to a Role in that namespace, bound to the service account: {rule}; if the keys are in"
          + " another namespace, correct enclave.kubernetes.namespace"),
  ADD_TO_ROLE("Add to a Role in namespace {namespace}, bound to the service account: {rule}"),
  EVERY_NAMESPACE("every namespace"),
  NAMESPACE("namespace {namespace}"),
  BINDINGS_OF("-n {namespace} rolebindings"),
  RIGHT_IN("{verb} {resource} in {where}"),
  TAKE_RIGHT(
      "Take it from the service account, whose bindings these show: kubectl get {bindings} -o wide;"
          + " enclave doctor --iam prints what is enough"),
  RULE("{apiGroups: [\"\"], resources: [secrets], verbs: [{verb}]}"),

  // -- backend
  WHO_READS("whoever reads their Secrets, or etcd,"),

  // -- calls
  API_SERVER("the API server"),
  NO_ANSWER_OF_API_SERVER("what came is no answer of an API server"),
  NETWORK_POLICIES("network policies, and whether the API server is up"),
  ANSWERED("the API server answered {status}{reason}{noNamespace}{ending}{starting}{identity}"),
  NO_NAMESPACE(", since there is no namespace {namespace}"),
  NAMESPACE_ENDS(", since namespace {namespace} is being deleted"),
  NOT_READY(", and does not say that it is ready"),
  TO_IDENTITY(" to {caller}"),
  ENDED_AT(", which ended at {end} (it is {now} here)"),
  CLOCKS_DIFFER(". Its clock and this machine's differ by {difference}"),
  ADD_ROLE("Add to a Role of the service account: {role}. {advice}"),
  SECRETS_OF("Secrets of namespace {namespace}"),
  SECRET("Secret {namespace}/{name}"),
  RESOURCE_NAMES(", resourceNames: [{name}]"),
  RULE_OF_REQUEST(
      "{apiGroups: [{group}], resources: [{resource}], verbs: [{verb}]{resourceNames}}"),

  // -- connect
  SETTING("Setting {setting}"),
  VARIABLE("Variable {variable}"),
  NO_POD("This is no pod: {variable} is not set."),
  RUN_IN_POD("Run in a pod, or in DEVELOPMENT and LOCAL set {setting} to a kubeconfig file."),
  KUBECONFIG_REFUSED(
      "{source} names a kubeconfig, which {environment} refuses: its credentials are a person's.",
      "Run in a pod, under a service account of its own, without it."),
  NO_HOST_AND_PORT(
      "Variables {host} and {port} name no host and port.",
      "Kubernetes sets them in each pod: do not set them yourself."),
  NAMESPACE_UNREADABLE("No namespace is to be read in {folder}namespace."),
  SET_SETTING("Set {setting}."),
  NO_AUTHORITY(
      "No certificate authority of the cluster is to be read in {folder}ca.crt, nor in ca.crt"
          + " beside the token."),
  MOUNT_AUTHORITY("Mount the ConfigMap kube-root-ca.crt there: {folder} is to hold its ca.crt."),
  AND("{host} and {port}"),
  PUT_AUTHORITY("put the ConfigMap kube-root-ca.crt of its cluster into {authority}"),
  TOKEN_INSTEAD(
      "Put a token there instead: kubectl create token SERVICE-ACCOUNT > FILE, and tokenFile:"
          + " FILE"),
  PUT_ANOTHER("Put another there: kubectl create token SERVICE-ACCOUNT prints a token"),
  GIVE_RIGHTS("Give the service account the rights itself, and leave it out"),
  NAME_AUTHORITY("Name its certificate-authority instead"),
  REACH_ITSELF("Let this machine reach the API server itself"),
  NAME_BY_CERTIFICATE("Name the server by a host of its certificate"),
  SERVER_OF_KUBECONFIG("the cluster's server of kubeconfig {path}"),
  NAME_IN_KUBECONFIG("name its authority by certificate-authority in kubeconfig {path}"),
  NO_SMALL_FILE(
      "no file of less than 64 KiB is to be read there",
      "Name one file: kubectl config view --raw --minify --flatten > FILE writes it"),
  NO_YAML("it is no YAML", "Look at it with kubectl config view"),
  NESTED_TOO_DEEPLY(
      "it is nested deeper than {deepest} levels",
      "Write it anew with kubectl config view --raw --minify --flatten"),
  CONTEXT_LACKS("its current context has no {kind}", "Choose one with kubectl config use-context"),
  NOT_SUPPORTED("it has {name}, which is not supported"),
  NO_HTTPS_SERVER("its server is no https:// and host", "Correct the cluster's server"),
  TLS_UNREADABLE(
      "its certificate-authority, or the user's client-certificate and client-key, are not to be"
          + " read",
      "Name PEM files; a key may be for RSA or P-256, without a password"),
  NO_BASE_DATA("its {name}-data is no base64", "Correct it"),
  NO_PATH("its {name} is no path", "Correct it"),
  TOKEN_OUTSIDE(
      "its tokenFile lies outside the folder of the kubeconfig, by its name or by links",
      "Put the token beside the kubeconfig"),
  NO_CREDENTIAL("its user has neither a token nor a client-certificate"),
  THE_KUBECONFIG("the kubeconfig {path}"),
  KUBECONFIG_WRONG("{source} names the kubeconfig {path}: {observed}.", "{fix}."),
  SET_NAMESPACE("Set it to a namespace, such as payments."),
  TOKEN_UNTIL("Token[***, until {until}]"),
  PROJECTED(
      "volumes: [{name: enclave-token, projected: {sources: [{serviceAccountToken:"
          + " {expirationSeconds: 3600, path: token}}]}}]"),
  REMEDY(
      "Add to the pod {projected}, to its container volumeMounts: [{name: enclave-token, mountPath:"
          + " /var/run/secrets/enclave, readOnly: true}], and set"
          + " enclave.kubernetes.{setting}=/var/run/secrets/enclave/token"),
  NO_TOKEN("There is no service-account token to be read in {path}.", "{remedy}."),
  ENDLESS_REFUSED("{endless} {environment} refuses it.", "{remedy}."),
  ENDLESS(
      "The service-account token in {path} does not end: it has no exp claim, so whoever copies it"
          + " has it for good."),
  TOKEN_IN("the token in {path}"),
  MOUNT_PROJECTED(
      "Mount it as a projected volume, where kubelet replaces it before it ends, without subPath"
          + " and not as a copy"),

  // -- store
  UNKNOWN_KIND("unknown kind"),
  OWNED_BY("{owner} (an ownerReference to {kind})"),
  A_CONTROLLER("a controller"),
  MARKED_BY("{tool} (its mark {mark})"),
  WRITTEN_BY_OTHERS("{secret} was written by somebody else meanwhile.", "Read it anew."),
  LABELS("labels and annotations"),
  WRITTEN("{secret} was written."),
  CHANGED_ON_ITS_WAY(
      "was changed on its way to storage", "Look for a mutating admission webhook on Secrets"),
  OTHER_ENTRIES(
      "has other entries than {entry}", "Find out who wrote it, and put it back from a backup"),
  NO_BASE("data of {secret} that are no base64"),
  ANOTHER_OBJECT("another object than {secret}"),
  WITHOUT_UID("{secret} without uid or resourceVersion"),
  OTHER_TYPE(
      "is of another type than {type}, so Enclave has not made it",
      "Take another name for the key: that Secret is somebody else's"),
  LACKS_LABEL("lacks label {label}={labelValue}, by which it is listed"),
  PUT_LABEL_BACK(
      "If it is the key's, put the label back: kubectl -n {namespace} label secret {secret}"
          + " --overwrite {label}={labelValue}"),
  IMMUTABLE(
      "is immutable, so the key could not be rotated or switched off",
      "Write the same Secret anew without immutable: true"),
  WRITTEN_BY_OWNER("{secret} is written by {owner}, so Enclave uses it and never changes it."),
  CHANGE_AT_OWNER(
      "Change it where that takes it from: docs/kubernetes.md, \"Secrets that a controller"
          + " writes\"."),
  GONE("{secret} is gone.", "Restore it from a backup, or create the key anew."),
  SECRET_LEFT("{secret} {observed}. It was left as it is."),
  NO_METADATA("a list of something else than metadata"),
  ;

  private final String lines;

  Texts(String... parts) {
    this.lines = String.join("\n", parts);
  }

  @Override
  public String lines() {
    return lines;
  }
}
