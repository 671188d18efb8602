package dev.enclave.aws.campaign;

import dev.enclave.campaign.TransientFaultsCampaign;

class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new AwsUnderTest());
  }
}
