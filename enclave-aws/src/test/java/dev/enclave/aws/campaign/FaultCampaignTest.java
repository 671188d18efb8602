package dev.enclave.aws.campaign;

import dev.enclave.campaign.FaultCampaign;

class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new AwsUnderTest());
  }
}
