package dev.enclave.aws.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;

class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new AwsUnderTest());
  }
}
