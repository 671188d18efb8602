package dev.enclave.aws.campaign;

import dev.enclave.campaign.TotalOutageCampaign;

class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new AwsUnderTest());
  }
}
