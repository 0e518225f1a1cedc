import { describe, expect, it } from '@jest/globals'
import { readConfig } from './config.ts'

describe('configuration', () => {
  it('takes flags before the environment before defaults', () => {
    const config = readConfig(['--port', '7443', '--scheduler=false'], {
      KUBELING_PORT: '8443',
      KUBELING_CLUSTER: 'lab',
      KUBELING_LOG_LEVEL: '',
    })
    expect(config).toMatchObject({ port: 7443, cluster: 'lab', runScheduler: false, runControllers: true, logLevel: 'info' })
  })

  it('keeps the kubeconfig with the data unless told otherwise', () => {
    expect(readConfig(['--data-dir=/d'], {}).kubeconfigPath).toBe('/d/admin.kubeconfig')
    expect(readConfig(['--kubeconfig=/k'], {}).kubeconfigPath).toBe('/k')
  })

  it.each([
    [['--port=x'], '--port: "x" is not a port'],
    [['--service-cidr=10.0.0.0'], 'is not an IPv4 range'],
    [['--bootstrap-token=abc'], '--bootstrap-token: "abc" is not of the form'],
    [['--controllers=maybe'], '--controllers: "maybe" is not one of true, false'],
    [['--advertise-address=here'], '--advertise-address: "here" is not an IPv4 address'],
  ])('refuses %j by name', (args, message) => {
    expect(() => readConfig(args, {})).toThrow(message)
  })

  it('refuses unknown flags', () => {
    expect(() => readConfig(['--nonsense=1'], {})).toThrow('--nonsense')
  })
})
