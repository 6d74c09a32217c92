declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    domNode: HTMLElement
    url: string
    deepLinking: boolean
    defaultModelsExpandDepth: number
    displayRequestDuration: boolean
    validatorUrl: string | null
    onComplete: () => void
  }
  const SwaggerUI: (options: Options) => unknown
  export default SwaggerUI
}
